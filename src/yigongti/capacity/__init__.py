"""Capacity: wards, beds, clinic sessions and slots — seen by the sending side, held and released atomically.

Below the services, because referral, emergency and epidemic all need it. Sources: R48, R52, R53, Part 5.1. Calls
organisations and residents.
"""
