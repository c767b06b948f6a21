"""Files by their content: written under the data folder before their row, kept once, in the backup."""
