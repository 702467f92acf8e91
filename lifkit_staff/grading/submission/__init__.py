"""What was handed in: read from disk (`files`), brought into form (`repair`), made safe (`sanitize`)."""
