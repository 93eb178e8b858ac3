import { expect, it } from "vitest";
import type { ActivityRow } from "../../api/generated/ActivityRow";
import { inOrder, prepend } from "./useActivity";

const row = (id: number): ActivityRow => ({
  id,
  at: "",
  level: "info",
  event: "seen",
  kind: null,
  id_of_record: null,
  name: null,
  params: {},
});
const rows = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, index) => row(from - index));

it("puts newer lines in front and doubles none", () => {
  const log = { pages: [{ rows: rows(10, 1), older: null, looked_to: null }], pageParams: [null] };
  expect(prepend(log, rows(12, 9))?.pages[0]?.rows.map(({ id }) => id)).toEqual([
    12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1,
  ]);
  expect(prepend(log, rows(10, 9))).toBe(log);
});

it("gives old lines back to the database when very many came", () => {
  const log = {
    pages: [
      { rows: rows(990, 1), older: 1, looked_to: null },
      { rows: [], older: null, looked_to: null },
    ],
    pageParams: [null, 1],
  };
  const kept = prepend(log, rows(1010, 991));
  expect(kept?.pages).toHaveLength(1);
  expect(kept?.pages[0]).toMatchObject({ older: 511 });
  expect(kept?.pages[0]?.rows[0]?.id).toBe(1010);
});

it("shows a line once, in its place, though a search comes to it again", () => {
  const pages = [{ rows: [...rows(30, 28), ...rows(5, 4)] }, { rows: rows(9, 4) }];
  expect(inOrder(pages, "#1042").map(({ id }) => id)).toEqual([30, 29, 28, 9, 8, 7, 6, 5, 4]);
});
