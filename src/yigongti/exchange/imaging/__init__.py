"""Images and recordings by the inbox: kept as files, matched to their person, one entry for a study or a recording."""
