"""The manual beside the window: all pages listed, a field that searches them, and the page."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QAction, QFont, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from gdsim.manual.book import FIRST, make_book
from gdsim.manual.page import Page, found
from gdsim.ui import language
from gdsim.ui.actions import MENUS, without_mnemonic
from gdsim.ui.language import tr
from gdsim.ui.naming import name_controls
from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.shortcuts import shortcut_rows
from gdsim.ui.theme import LIGHT, Theme

_PAGE = Qt.ItemDataRole.UserRole
ENDING = ".html"


class _PageBrowser(QTextBrowser):
    """Shows what it is given and loads nothing, wherever a picture or a page is said to lie."""

    def loadResource(self, kind: int, name: QUrl | str) -> None:
        return None


class ManualWindow(QDialog):
    """Stays open beside the window; what was read before comes back with Alt and the arrows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._theme = LIGHT
        self._pages: dict[str, Page] = {}
        self._way, self._at = [FIRST], 0
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search_label = PlainLabel()
        self.search_label.setBuddy(self.search)
        self.list = QListWidget()
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setSpacing(1)  # room for a finger
        self.nothing = PlainLabel()
        self.nothing.setWordWrap(True)
        self.nothing.setProperty("muted", True)
        self.back, self.forward, self.contents = QPushButton(), QPushButton(), QPushButton()
        for button in (self.back, self.forward, self.contents):
            button.setAutoDefault(False)  # Enter in the field opens the first page that was found
        self.text = _PageBrowser()
        self.text.setOpenLinks(False)
        self.text.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.text.document().setDocumentMargin(18)
        self._lay_out()
        self._connect()
        name_controls(self, "manual")
        unit = self.fontMetrics().height() / 16.0
        free = self.screen().availableGeometry().size()
        wanted = round(980 * unit), round(640 * unit)
        self.resize(min(wanted[0], free.width() - 40), min(wanted[1], free.height() - 60))
        self.retranslate()
        self.search.setFocus()

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(12, 12, 6, 12)
        column.setSpacing(6)
        column.addWidget(self.search_label)
        column.addWidget(self.search)
        column.addWidget(self.nothing)
        column.addWidget(self.list, 1)
        right = QWidget()
        row = QHBoxLayout()
        row.setSpacing(6)
        for button in (self.back, self.forward, self.contents):
            row.addWidget(button)
        row.addStretch(1)
        page = QVBoxLayout(right)
        page.setContentsMargins(6, 12, 12, 12)
        page.setSpacing(6)
        page.addLayout(row)
        page.addWidget(self.text, 1)
        self.parts = QSplitter()
        self.parts.addWidget(left)
        self.parts.addWidget(right)
        self.parts.setStretchFactor(1, 1)
        self.parts.setChildrenCollapsible(False)
        unit = self.fontMetrics().height() / 16.0
        self.parts.setSizes([round(280 * unit), round(700 * unit)])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.parts)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._fill)
        self.search.returnPressed.connect(self._open_first)
        self.list.currentItemChanged.connect(self._choose)
        self.text.anchorClicked.connect(self._follow)
        self.back.clicked.connect(self.go_back)
        self.forward.clicked.connect(self.go_forward)
        self.contents.clicked.connect(self._open_contents)
        keys = QKeySequence.StandardKey
        self._act("go_back", keys.Back).triggered.connect(self.go_back)
        self._act("go_forward", keys.Forward).triggered.connect(self.go_forward)
        self._act("find", keys.Find).triggered.connect(self._find)

    def _act(self, name: str, key: QKeySequence.StandardKey) -> QAction:
        action = QAction(self)
        action.setObjectName(f"manual.{name}")
        action.setShortcuts(key)
        self.addAction(action)
        return action

    @property
    def page(self) -> str:
        """The name of the page that is shown."""
        return self._way[self._at]

    # What it shows

    def open_page(self, name: str) -> None:
        """Show the page of that name, and remember the one before."""
        if name not in self._pages or name == self.page:
            return
        self._way = [*self._way[: self._at + 1], name]
        self._at += 1
        self._show()

    @Slot(object)
    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._show()

    def retranslate(self) -> None:
        """All pages in the language in use."""
        self.setWindowTitle(tr("Manual"))
        self.search_label.setText(tr("Search the manual"))
        self.search.setAccessibleName(tr("Search the manual"))
        self.search.setPlaceholderText(tr("momentum, settled, CSV …"))
        self.nothing.setText(tr("No page has all of these words."))
        self.list.setAccessibleName(tr("Pages"))
        self.text.setAccessibleName(tr("Page of the manual"))
        self.back.setText(tr("Back", "manual"))
        self.forward.setText(tr("Forward", "manual"))
        self.contents.setText(tr("Contents", "manual"))
        keys = [
            (without_mnemonic(tr(menu.text)), rows)
            for menu in MENUS
            if (rows := shortcut_rows(menu))
        ]
        pages = make_book(language.current(), keys)
        self._pages = {page.name: page for page in pages}
        self._fill()
        self._show()

    @Slot()
    def _fill(self) -> None:
        """List the pages that have what is searched for, under their chapters where all are."""
        wanted = self.search.text()
        pages = found(tuple(self._pages.values()), wanted)
        self.list.blockSignals(True)
        self.list.clear()
        chapter = ""
        for page in pages:
            if not wanted.strip() and page.chapter != chapter:
                chapter = page.chapter
                heading = QListWidgetItem(chapter)
                heading.setFlags(Qt.ItemFlag.NoItemFlags)
                font = QFont(self.list.font())
                font.setBold(True)
                heading.setFont(font)
                self.list.addItem(heading)
            item = QListWidgetItem(page.title)
            item.setData(_PAGE, page.name)
            self.list.addItem(item)
        self.list.blockSignals(False)
        self.nothing.setVisible(not pages)
        self._mark()

    def _show(self) -> None:
        page = self._pages[self.page]
        theme = self._theme
        self.text.document().setDefaultStyleSheet(
            f"a {{ color: {theme.accent} }} p, li {{ line-height: 130% }} "
            f".formula {{ font-size: large; background: {theme.hover} }} "
            f"code, pre {{ background: {theme.hover} }} "
            f"table {{ border-collapse: collapse; border: 1px solid {theme.line} }} "
            f"td, th {{ border: 1px solid {theme.line} }} th {{ text-align: left }}"
        )
        self.text.setHtml(page.body)
        self.back.setEnabled(self._at > 0)
        self.forward.setEnabled(self._at + 1 < len(self._way))
        self._mark()

    def _mark(self) -> None:
        """Mark the page that is shown in the list, where it is listed."""
        self.list.blockSignals(True)
        self.list.setCurrentRow(-1)
        for row in range(self.list.count()):
            if self.list.item(row).data(_PAGE) == self.page:
                self.list.setCurrentRow(row)
        self.list.blockSignals(False)

    # What is done in it

    @Slot(QListWidgetItem)
    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None and item.data(_PAGE):
            self.open_page(str(item.data(_PAGE)))

    @Slot(QUrl)
    def _follow(self, address: QUrl) -> None:
        """Only pages of the manual are opened, by their names."""
        self.open_page(address.toString().removesuffix(ENDING))

    @Slot()
    def _open_first(self) -> None:
        items = (self.list.item(row) for row in range(self.list.count()))
        self._choose(next((item for item in items if item.data(_PAGE)), None))

    @Slot()
    def _open_contents(self) -> None:
        self.open_page(FIRST)

    @Slot()
    def _find(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    @Slot()
    def go_back(self) -> None:
        """The page that was read before."""
        if self._at > 0:
            self._at -= 1
            self._show()

    @Slot()
    def go_forward(self) -> None:
        """The page from which one went back."""
        if self._at + 1 < len(self._way):
            self._at += 1
            self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and self.search.hasFocus():
            self.list.setFocus()
            self._open_first()
        else:
            super().keyPressEvent(event)
