"""The addresses of the pages of ERP channels."""

from django.urls import URLPattern

erp_urls: list[URLPattern] = []
