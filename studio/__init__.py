"""The window: PySide6 and pyqtgraph over core, which it drives on background threads."""
