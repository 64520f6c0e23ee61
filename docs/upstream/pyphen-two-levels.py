"""Pyphen: a dictionary of two levels is read as one.

The patterns after `NEXTLEVEL` in `hyph_de_*.dic` are for the parts of a compound that the first level
found, and are added to it here.

Expected:
    Mit-ar-bei-te-rin-nen
Seen:
    Mit-a-r-bei-te-rin-nen
"""

import pyphen

print(pyphen.Pyphen(lang="de").inserted("Mitarbeiterinnen"))
