"""The declaration as files to work with: Word, workbook, CSV, HTML, and attachments of the PDF."""
