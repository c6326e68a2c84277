import { expect, test } from "vitest";
import { deedOf, told } from "@/pages/audit/deed";
import { words } from "@/pages/audit/words";

const ID = "0192f0c1-2345-7abc-8def-0123456789ab";

test("a step of work names the fulfilment order and opens its order", () => {
  const route = "/v1/fulfilment-orders/{fulfilment_id}/reject";
  const deed = deedOf({ method: "POST", route, path: `/v1/fulfilment-orders/${ID}-2/reject` });
  expect(deed).toEqual({ key: "work_reject", subject: "…456789ab-2", to: `/orders/${ID}` });
});

test("a code in a path is shown as people know it", () => {
  const deed = deedOf({
    method: "PATCH",
    route: "/v1/locations/{code}",
    path: "/v1/locations/%E7%8E%8B%201",
  });
  expect(deed).toEqual({ key: "location_edit", subject: "王 1", to: "/locations/%E7%8E%8B%201" });
});

test("what nobody has words for is shown as it was sent", () => {
  expect(deedOf({ method: "POST", route: "/v1/new/{id}", path: "/v1/new/7" })).toEqual({
    key: "other",
    subject: "POST /v1/new/7",
    to: null,
  });
  expect(deedOf({ method: "", route: "sign_in_failed", path: "" }).key).toBe("sign_in_failed");
});

test("what was refused was tried only", () => {
  expect(told(words.en.work_reject, false, words.en.tried)).toEqual(["rejected fulfilment order", ""]);
  expect(told(words.en.work_reject, true, words.en.tried)).toEqual(["tried to reject fulfilment order", ""]);
  expect(told(words.zh.order_pay, true, words.zh.tried)).toEqual(["尝试登记订单", "的付款"]);
});

test("both languages have a place for the same things", () => {
  for (const [key, en] of Object.entries(words.en)) {
    const zh = words.zh[key as keyof typeof words.zh];
    expect([key, zh.includes("⟨⟩"), zh.includes("|")]).toEqual([key, en.includes("⟨⟩"), en.includes("|")]);
  }
});
