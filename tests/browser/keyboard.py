"""A person with a keyboard and no mouse: Tab to what one looks for, then keys. Nothing is clicked from afar."""

FOCUSED = """
(element => {
  const text = node => (node?.innerText ?? node?.textContent ?? "").replace(/\\s+/g, " ").trim()
  const styles = getComputedStyle(element)
  const box = element.getBoundingClientRect()
  const isCalendar = element.type === "date" && !element.matches(":focus") // its button has the browser's own outline
  const isChoice = ["radio", "checkbox"].includes(element.type)
  return {
    tag: element.tagName,
    type: element.type ?? "",
    id: element.id,
    href: element.getAttribute("href") ?? "",
    label: text(element.labels?.[0]),
    words: text(element.labels?.[0]) || element.getAttribute("aria-label") || text(element),
    question: isChoice ? text(element.closest("fieldset")?.querySelector("legend")) : "",
    chosen: element.tagName === "SELECT" ? text(element.selectedOptions[0]) : "",
    checked: Boolean(element.checked),
    outlined: isCalendar || (styles.outlineStyle !== "none" && parseFloat(styles.outlineWidth) > 0),
    onScreen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  }
})(document.activeElement)
"""


class Keyboard:
    """Walks ``page`` by Tab. Each stop must be on the screen and outlined, or the walk ends."""

    def __init__(self, page):
        self.page = page
        self.press = page.keyboard.press

    @property
    def focused(self):
        return self.page.evaluate(FOCUSED)

    def reach(self, words, *, part="words"):
        """Press Tab until what is called ``words`` has the focus, at most once around, and return what it is."""
        passed, ends = [], 0
        while ends < 2:
            self.press("Tab")
            focused = self.focused
            if focused["tag"] == "BODY":  # between the end of the page and its start
                ends += 1
                continue
            assert focused["outlined"], f"The focus is not to be seen on {focused}"
            assert focused["onScreen"], f"The focus is out of sight on {focused}"
            if focused[part].startswith(words):
                return focused
            passed.append(focused[part])
        raise AssertionError(f"Tab never came to “{words}” but to {passed}")

    def write(self, label, text):
        """Write ``text`` in the field called ``label``, in place of what stands there."""
        self.reach(label, part="label")
        self.press("Control+a")
        self.page.keyboard.type(text)

    def write_date(self, label, year, number):
        """Write the day ``number`` of the month ``number``: the machine's language decides which comes first."""
        self.reach(label, part="label")
        self.page.keyboard.type(f"{number:02}{number:02}{year}")
        assert self.page.evaluate("document.activeElement.value") == f"{year}-{number:02}-{number:02}"

    def choose(self, label, option):
        """Go down the options of the list called ``label`` until ``option`` is chosen."""
        self.reach(label, part="label")
        here, there = self.page.evaluate(
            "words => [document.activeElement.selectedIndex, [...document.activeElement.options]"
            ".findIndex(option => option.text.trim().startsWith(words))]",
            option,
        )
        for _press in range(abs(there - here)):
            self.press("ArrowDown" if there > here else "ArrowUp")
        assert self.focused["chosen"].startswith(option), self.focused

    def answer(self, question, answer):
        """Choose ``answer`` among the choices under ``question``: Space on the first, arrows to the others."""
        focused = self.reach(question, part="question")
        if not focused["checked"]:
            self.press("Space")
        for _press in range(30):
            if (focused := self.focused)["words"].startswith(answer) and focused["checked"]:
                return
            self.press("ArrowDown")
        raise AssertionError(f"“{question}” has no answer “{answer}”")

    def tick(self, label):
        self.reach(label, part="label")
        self.press("Space")
        assert self.focused["checked"]

    def follow(self, words):
        """Reach the link or button called ``words`` and press Enter."""
        self.reach(words)
        self.enter()

    def enter(self):
        """Press Enter on what has the focus, and wait for the page to which it leads."""
        with self.page.expect_navigation():
            self.press("Enter")
