"""How a declaration is printed beside what it answers: key figures, charts, glossary."""
