"""Mails the demo sends."""
