"""The small pictures on the welcome's cards."""

from PySide6.QtGui import QImage, QColor


def collage(sample_set: str, width: int, height: int, ratio: float) -> QImage:
    i = QImage(round(width * ratio), round(height * ratio), QImage.Format.Format_RGB32)
    i.fill(QColor("white"))
    i.setDevicePixelRatio(ratio)
    return i
