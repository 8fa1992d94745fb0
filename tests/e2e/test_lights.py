"""The traffic lights without their colours, as somebody who sees none meets them."""

import base64

from playwright.sync_api import Locator, Page, expect

from tests.e2e.hands import Tab
from tests.e2e.proposals import Proposals, word

# Red, yellow and green differ by what is drawn and by what is read out, not by brightness alone.
WORDS = {"green": "Low risk", "yellow": "Medium risk", "red": "High risk"}
SIDE = 28
# Where the picture differs from its corner: the mark's outline and the glyph cut out of it.
_MASK = """async ([picture, side]) => {
  const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = new OffscreenCanvas(side, side).getContext("2d");
  canvas.drawImage(image, 0, 0, side, side);
  const { data } = canvas.getImageData(0, 0, side, side);
  const grey = [...Array(side * side).keys()].map((at) => data[4 * at]);
  const colours = [...Array(side * side).keys()].some((at) =>
    Math.max(data[4 * at], data[4 * at + 1], data[4 * at + 2]) -
    Math.min(data[4 * at], data[4 * at + 1], data[4 * at + 2]) > 8);
  return [colours, grey.map((level) => (Math.abs(level - grey[0]) > 40 ? "#" : "."))];
}"""


def _shape(page: Page, light: Locator) -> list[str]:
    """The light as somebody without colour vision sees it: `#` where it stands out."""
    picture = base64.b64encode(light.screenshot()).decode()
    colours, mask = page.evaluate(_MASK, [picture, SIDE])
    assert not colours, "the colours were not taken away"
    return list(mask)


def test_the_lights_differ_in_shape_and_word_without_any_colour(
    tab: Tab, proposals: Proposals
) -> None:
    mark, page = word(), tab.page
    sentences = {
        "green": f"The attic smells of cedar again, {mark}.",
        "yellow": f"Two spoons of patience, one of luck, {mark}.",
        "red": f"Bring gloves for the frozen gate, {mark}.",
    }
    made = {light: proposals.waiting(text, light) for light, text in sentences.items()}
    tab.open_queue(mark, 3)
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setEmulatedVisionDeficiency", {"type": "achromatopsia"})
    shapes: dict[str, list[str]] = {}
    for light, action in made.items():
        row = tab.row(action["id"])
        expect(row).to_contain_text(WORDS[light])
        expect(row.get_by_role("img", name=light.capitalize())).to_be_visible()
        shapes[light] = _shape(page, row.get_by_role("img", name=light.capitalize()))
        tab.choose(action["id"])
        expect(tab.detail.locator("[data-light]").first).to_have_text(WORDS[light])
    for one, other in (("green", "yellow"), ("green", "red"), ("yellow", "red")):
        pairs = list(zip(shapes[one], shapes[other], strict=True))
        different = sum(a != b for a, b in pairs) / len(pairs)
        assert different > 0.1, f"{one} and {other} look alike: {different:.0%}"
