"""Alegra behind the port: its wire, its JSON read leniently and written strictly. Pure: no Django."""
