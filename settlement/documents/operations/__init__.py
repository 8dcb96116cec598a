"""Every write to documents, by flow: issuing, keeping the rendered files, voiding."""
