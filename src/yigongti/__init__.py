"""yigongti (医共体): one county's health service, run as one organisation.

The table of contents, in dependency order (a chapter may use those above it, never those below):

kernel         engines and screens; knows no medical word
organisations  counties, groups, institutions, departments, posts, rosters, calendar
residents      one person behind all papers: register, search, merge and un-merge
record         the lifelong record: encounters, results, medicines, documents
capacity       wards, beds, clinic sessions, slots: seen, held and released atomically
referral       up, down and out of the county; direct admission — the exemplar chapter
chronic        follow-up duties (first floor)
publichealth   births and deaths as certified (first floor)
fund           claims as the insurance bureau settled them (first floor)
indicators     the catalogue of figures, their values, targets, releases, cockpit, briefs
exchange       what other systems send: kept as received, read, matched, applied once (HL7 v2, DICOM, ECG, tables)
simulator      a county that lives, with the truth about itself
site           settings, addresses, sign-in, command line
"""

__version__ = "0.1.0"
