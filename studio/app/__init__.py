"""Start and shutdown, the window and what stands around its rooms: bars, menus, settings, theme, languages."""
