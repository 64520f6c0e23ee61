"""The declaration as a Word document: its texts, tables and pictures as WordprocessingML."""
