"""Reads electronic documents that strangers send: a library without tables. Pure: no Django, no clock."""
