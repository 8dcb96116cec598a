"""Every write to submissions, by flow: handing in, judging, deciding."""
