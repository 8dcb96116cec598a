"""The lists of the portal: what each shows, how it is searched, narrowed and sorted."""
