"""What is handed out: the declaration as PDF, Word, workbook, CSV and HTML."""
