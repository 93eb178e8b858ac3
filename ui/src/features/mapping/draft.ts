/** What was changed and not saved yet: by row, in the order in which it was done, so that it can be undone. */
import { useCallback, useEffect, useMemo } from "react";
import type { MappingEdit } from "../../api/generated/MappingEdit";
import type { MappingRow } from "../../api/generated/MappingRow";
import type { MappingTable } from "../../api/generated/MappingTable";
import { useDrafts } from "../../app/drafts";
import { rowId } from "./place";

export type Cells = Record<string, string>;

/** A row as the page shows it: with what was changed. */
export interface Row extends MappingRow {
  table: string;
  changed: boolean;
  /** It is not in the program's table yet. */
  added: boolean;
  /** What stands in it is what both sides tell: nobody has chosen it yet. */
  proposed: boolean;
}

const key = (table: string, id: string) => `${table}/${id}`;

/** Only what is filled. */
export function filled(cells: Record<string, string | undefined>): Cells {
  return Object.fromEntries(
    Object.entries(cells).filter((entry): entry is [string, string] => (entry[1] ?? "").trim() !== ""),
  );
}

export function sameCells(one: Record<string, string | undefined>, other: Record<string, string | undefined>): boolean {
  return rowId(one) === rowId(other);
}

/** What stands in a row before anybody touches it: while the mapping is proposed, an empty one has what is suggested for it. */
function first({ values, suggestion }: MappingRow, proposing: boolean): MappingRow["values"] {
  return proposing && suggestion !== null && Object.keys(values).length === 0 ? suggestion.values : values;
}

/** What is saved at once: the edits, of so many steps, made on the settings of this revision. */
export interface Sent {
  revision: number;
  edits: MappingEdit[];
  steps: number;
}

export type MappingDraft = ReturnType<typeof useDraft>;

/**
 * The changes of this pair, beside the tables as they are at this revision. While the mapping is proposed, what is suggested stands in the
 * rows, and is saved with the changes: it is the merchant's choice from then on, and not before.
 */
export function useDraft(tables: MappingTable[] | undefined, revision: number, proposing = false) {
  const { kept, drafts } = useDrafts();
  const { content: steps, revision: begun, saving } = kept.mapping;

  const edits = useMemo(() => {
    const last = new Map<string, MappingEdit>();
    for (const edit of steps.flat()) last.set(key(edit.table, rowId(edit.key)), edit);
    // What was put back by hand is no change.
    for (const [where, edit] of last) {
      const stored = tables?.find((table) => table.name === edit.table)?.rows.find((row) => row.id === rowId(edit.key));
      if (stored !== undefined && sameCells(first(stored, proposing), edit.values)) last.delete(where);
    }
    return last;
  }, [steps, tables, proposing]);

  const rows = useCallback(
    (table: MappingTable): Row[] => {
      const shown = table.rows.map((row): Row => {
        const edit = edits.get(key(table.name, row.id));
        const values = first(row, proposing);
        return {
          ...row,
          values: edit?.values ?? values,
          proposed: edit === undefined && values !== row.values,
          table: table.name,
          changed: edit !== undefined,
          added: false,
        };
      });
      const known = new Set(table.rows.map((row) => row.id));
      for (const edit of edits.values()) {
        const id = rowId(edit.key);
        if (edit.table !== table.name || known.has(id)) continue;
        shown.unshift({
          id,
          key: edit.key,
          values: edit.values,
          waiting: 0,
          records: [],
          suggestion: null,
          trouble: null,
          table: table.name,
          changed: true,
          added: true,
          proposed: false,
        });
      }
      return shown;
    },
    [edits, proposing],
  );

  const change = useCallback(
    (step: MappingEdit[]) => drafts.change("mapping", revision, (before) => [...before, step]),
    [drafts, revision],
  );
  const undo = useCallback(
    () => drafts.change("mapping", revision, (before) => before.slice(0, -1)),
    [drafts, revision],
  );
  const discard = useCallback(() => drafts.keep("mapping", []), [drafts]);

  // A row that was added and has no choice yet is nothing to save.
  const changes = useMemo(() => {
    const known = new Set(tables?.flatMap((table) => table.rows.map((row) => key(table.name, row.id))));
    return [...edits]
      .filter(([where, edit]) => known.has(where) || Object.keys(edit.values).length > 0)
      .map(([, edit]) => edit);
  }, [edits, tables]);
  const proposals = useMemo(
    () =>
      (tables ?? []).flatMap((table) =>
        table.rows
          .filter((row) => first(row, proposing) !== row.values && !edits.has(key(table.name, row.id)))
          .map((row): MappingEdit => ({ table: table.name, key: row.key, values: first(row, proposing) })),
      ),
    [edits, tables, proposing],
  );

  useEffect(() => drafts.count("mapping", changes.length), [drafts, changes.length]);
  // What was put back by hand is no change, unless another value is on its way.
  useEffect(() => {
    if (!saving && steps.length > 0 && edits.size === 0) drafts.keep("mapping", []);
  }, [drafts, saving, steps.length, edits.size]);

  /** All of it as it is now, on its way. */
  const send = useCallback((): Sent => {
    drafts.sent("mapping");
    // What is proposed is made of what is shown now, and needs no beginning.
    return {
      revision: changes.length === 0 ? revision : begun,
      edits: [...proposals, ...changes],
      steps: steps.length,
    };
  }, [drafts, begun, revision, changes, proposals, steps.length]);
  const saved = useCallback(
    (sent: Sent, after: number) =>
      drafts.saved("mapping", { from: sent.revision, to: after }, (now) => now.slice(sent.steps)),
    [drafts],
  );

  return {
    edits: changes,
    proposals: proposals.length,
    revision: begun,
    saving,
    rows,
    change,
    undo,
    discard,
    send,
    saved,
  };
}
