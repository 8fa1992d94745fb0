import { render, screen } from "@testing-library/react";
import type { LightColour } from "@/api/types/common";
import { Light, LightChip } from "./light";

const colours: LightColour[] = ["green", "yellow", "red"];

test.each(colours)("%s alone still says its word to a screen reader", (light) => {
  render(<Light light={light} />);
  expect(screen.getByRole("img", { name: new RegExp(light, "i") })).toBeInTheDocument();
});

test("the three silhouettes differ, so that the light does not rest on colour", () => {
  const shapes = colours.map((light) => {
    const { container } = render(<Light light={light} />);
    return container.querySelector("svg")?.firstElementChild?.tagName.toLowerCase();
  });
  expect(shapes).toEqual(["circle", "path", "rect"]);
});

test("with a visible word the drawing is not read out twice", () => {
  render(<Light light="red" word="Stopped" />);
  expect(screen.getByText("Stopped")).toBeVisible();
  expect(screen.queryByRole("img")).not.toBeInTheDocument();
});

test("the chip names the risk and the score", () => {
  const { container } = render(<LightChip light="red" score={82} />);
  expect(container).toHaveTextContent("High riskscore 82");
});
