"""What the pages of a PDF show, as digests that stay the same when the file is only saved anew."""
