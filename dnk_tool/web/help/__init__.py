"""Help: pages by what somebody does, the glossary, and the search through all that one may see."""
