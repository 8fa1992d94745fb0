import { accountStatus, phaseProgress } from "./account-state";

test("what an account needs comes before its light", () => {
  expect(accountStatus({ needs: null, light: "green" })).toEqual({ word: "Active", light: "green" });
  expect(accountStatus({ needs: "reconnect", light: "green" })).toEqual({ word: "Reconnect", light: "red" });
  expect(accountStatus({ needs: "paused", light: "red" })).toEqual({ word: "Paused", light: null });
});

test("a phase counts its own days", () => {
  expect(phaseProgress("phase_1", 9)).toEqual({ done: 9, of: 30, text: "9/30" });
  expect(phaseProgress("phase_2", 31)).toEqual({ done: 1, of: 30, text: "1/30" });
  expect(phaseProgress("phase_3", 75).text).toBe("day 75");
});

test("an account held back in a phase, or established in a later one, shows its programme day", () => {
  expect(phaseProgress("phase_1", 44)).toEqual({ done: 30, of: 30, text: "day 44" });
  expect(phaseProgress("phase_2", 3)).toEqual({ done: 0, of: 30, text: "day 3" });
});
