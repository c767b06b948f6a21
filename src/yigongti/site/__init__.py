"""Where the house meets the machine: settings, addresses, sign-in, command line."""
