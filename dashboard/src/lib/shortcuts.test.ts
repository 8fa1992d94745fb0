import { ShortcutBoard, notation, type KeyPress, type Shortcut } from "./shortcuts";

function press(key: string, extra: Partial<KeyPress> = {}): KeyPress {
  return {
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    repeat: false,
    isComposing: false,
    defaultPrevented: false,
    target: document.body,
    timeStamp: 0,
    preventDefault: () => undefined,
    ...extra,
  };
}

function setUp(keys: string, extra: Partial<Shortcut> = {}) {
  const board = new ShortcutBoard();
  const run = jest.fn();
  const remove = board.add([{ keys, label: "Do it", group: "Test", run, ...extra }]);
  return { board, run, remove };
}

function mount(html: string): Element {
  document.body.innerHTML = html;
  const target = document.querySelector("[data-target]");
  if (target === null) throw new Error("the markup has no target");
  return target;
}

afterEach(() => {
  document.body.innerHTML = "";
});

test("writes a press down", () => {
  expect(notation(press("A", { shiftKey: true }))).toBe("shift+a");
  expect(notation(press("A"))).toBe("a");
  expect(notation(press("?", { shiftKey: true }))).toBe("?");
  expect(notation(press("k", { metaKey: true }))).toBe("mod+k");
  expect(notation(press("Enter", { ctrlKey: true }))).toBe("mod+enter");
});

test("runs on its key, and not on the same key with Shift or Mod", () => {
  const { board, run } = setUp("a");
  expect(board.handle(press("a"))).toBe(true);
  expect(board.handle(press("A", { shiftKey: true }))).toBe(false);
  expect(board.handle(press("a", { ctrlKey: true }))).toBe(false);
  expect(run).toHaveBeenCalledTimes(1);
});

test.each([
  ["an input", "<input data-target>"],
  ["a text area", "<textarea data-target></textarea>"],
  ["a select", "<select data-target></select>"],
  ["editable content", "<div contenteditable='true'><b data-target></b></div>"],
  ["a field in a dialog", "<div role='dialog'><input data-target></div>"],
])("a single key does nothing in %s", (_name, html) => {
  const { board, run } = setUp("a", { inDialog: true });
  expect(board.handle(press("a", { target: mount(html) }))).toBe(false);
  expect(run).not.toHaveBeenCalled();
});

test("typing a draft triggers no shortcut", () => {
  const { board, run } = setUp("a");
  board.add(["e", "r", "s", "u", "x"].map((keys) => ({ keys, label: "", group: "", run })));
  const target = mount("<textarea data-target></textarea>");
  for (const letter of "a user sees extra areas") board.handle(press(letter, { target }));
  expect(run).not.toHaveBeenCalled();
});

test("works on a focused checkbox, which takes no letters", () => {
  const { board, run } = setUp("x");
  board.handle(press("x", { target: mount("<input type='checkbox' data-target>") }));
  expect(run).toHaveBeenCalledTimes(1);
});

test("stays quiet behind an open dialog unless it belongs to it", () => {
  const target = mount("<div role='dialog'><button data-target></button></div>");
  const outside = setUp("1");
  expect(outside.board.handle(press("1", { target }))).toBe(false);
  const inside = setUp("1", { inDialog: true });
  expect(inside.board.handle(press("1", { target }))).toBe(true);
});

test("an open modal owns the keyboard before it has the focus", () => {
  mount("<div role='dialog' data-state='open'><i data-target></i></div>");
  const { board } = setUp("a");
  expect(board.handle(press("a"))).toBe(false);
});

test("only a Mod key that says so works while editing", () => {
  const target = mount("<textarea data-target></textarea>");
  const approve = setUp("mod+enter", { whileEditing: true });
  expect(approve.board.handle(press("Enter", { target, metaKey: true }))).toBe(true);
  const other = setUp("mod+s");
  expect(other.board.handle(press("s", { target, metaKey: true }))).toBe(false);
});

test("the setting turns single keys off and leaves Mod keys on", () => {
  const { board, run } = setUp("a");
  board.add([{ keys: "mod+k", label: "", group: "", run }]);
  board.setSingleKeys(false);
  expect(board.handle(press("a"))).toBe(false);
  expect(board.handle(press("k", { ctrlKey: true }))).toBe(true);
});

test("takes two keys one after the other, within the time", () => {
  const { board, run } = setUp("g q");
  expect(board.handle(press("g", { timeStamp: 0 }))).toBe(false);
  expect(board.handle(press("q", { timeStamp: 500 }))).toBe(true);
  board.handle(press("g", { timeStamp: 1000 }));
  expect(board.handle(press("q", { timeStamp: 9000 }))).toBe(false);
  expect(run).toHaveBeenCalledTimes(1);
});

test("a held key repeats movement and never a decision", () => {
  const approve = setUp("a");
  expect(approve.board.handle(press("a", { repeat: true }))).toBe(false);
  const move = setUp("j", { repeats: true });
  expect(move.board.handle(press("j", { repeat: true }))).toBe(true);
});

test("Enter belongs to a focused button", () => {
  const { board } = setUp("enter");
  expect(board.handle(press("Enter", { target: mount("<button data-target></button>") }))).toBe(false);
  expect(board.handle(press("Enter"))).toBe(true);
});

test("a press in the middle of composing a character is left alone", () => {
  const { board } = setUp("a");
  expect(board.handle(press("a", { isComposing: true }))).toBe(false);
});

test("a removed shortcut no longer runs or shows in the list", () => {
  const { board, run, remove } = setUp("a");
  expect(board.list.get()).toHaveLength(1);
  remove();
  board.handle(press("a"));
  expect(run).not.toHaveBeenCalled();
  expect(board.list.get()).toHaveLength(0);
});
