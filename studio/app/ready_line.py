"""One button for each model that comes with the program, wherever there is none to look at yet."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from ..widgets.plain import set_name


class ReadyLine(QWidget):
    """For whoever wants to see first what comes of it: the models that come with the program."""

    wished = Signal(str)  #: the sample set that the model was trained on

    def __init__(self, name: str = "look") -> None:
        """name: what the names of its buttons begin with."""
        super().__init__()
        self._prefix = f"{name}_"
        words = QLabel(self.tr("Look at a trained model first:"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(words)
        for which, title in (("faces", self.tr("Faces")), ("digits", self.tr("Digits"))):
            button = QPushButton(title)
            button.setObjectName(self._prefix + which)
            set_name(
                button,
                self.tr("Look at a trained model first: {name}").format(name=title),
                self.tr(
                    "A model that was trained on this set for not quite three minutes. It is copied among your runs, "
                    "and makes pictures at once; Inside shows what goes on in it"
                ),
            )
            button.clicked.connect(self._pressed)
            row.addWidget(button)
        row.addStretch(1)

    @Slot()
    def _pressed(self) -> None:
        button = self.sender()
        assert button is not None
        self.wished.emit(button.objectName().removeprefix(self._prefix))
