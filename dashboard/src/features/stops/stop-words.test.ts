import type { Account } from "@/api/types/accounts";
import { stopScope } from "./stop-words";

test("names what a stop covers", () => {
  const account = { id: "a1", username: "mara", platform: "twitter" } as Account;
  expect(stopScope({ scope: "workspace", scope_id: null })).toBe("Everything");
  expect(stopScope({ scope: "platform", scope_id: "tiktok" })).toBe("TikTok");
  expect(stopScope({ scope: "account", scope_id: "a1" }, [account])).toBe("@mara on X");
  expect(stopScope({ scope: "account", scope_id: "gone" }, [account])).toBe("One account");
});
