import { sliceInSight } from "./use-rows-in-sight";

test("renders what is in sight and a few rows to spare", () => {
  expect(sliceInSight(0, 680, 68, 1000)).toEqual({ from: 0, to: 16 });
  expect(sliceInSight(6800, 680, 68, 1000)).toEqual({ from: 94, to: 116 });
});

test("stays within the list, also when it has become shorter than where the eye was", () => {
  expect(sliceInSight(6800, 680, 68, 20)).toEqual({ from: 14, to: 20 });
  expect(sliceInSight(0, 680, 68, 0)).toEqual({ from: 0, to: 0 });
});
