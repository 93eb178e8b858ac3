/** A table of any length: only the rows in sight exist. Arrows move, Enter opens, Space ticks; roles and row numbers stay those of the whole. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { usePreferences } from "../app/preferences";
import classes from "./Grid.module.css";
import { type Room, useRoom } from "./width";

export interface Column<Row> {
  id: string;
  header: ReactNode;
  cell: (row: Row) => ReactNode;
  /** A track of the grid, such as `120px` or `minmax(160px, 1fr)`. */
  width: string;
  align?: "end";
  /** Shown in windows with at least this room. */
  from?: Room;
}

interface GridProps<Row> {
  label: string;
  columns: Column<Row>[];
  /** Rows known to exist; some may not be here yet. */
  count: number;
  /** Rows in the whole list, if it is known. */
  total?: number;
  row: (index: number) => Row | undefined;
  rowKey: (row: Row) => string | number;
  onOpen?: (row: Row) => void;
  /** For rows that have a box: is it ticked, and ticking it. Space does it for the row that the arrows stand on. */
  ticks?: { has: (row: Row) => boolean; toggle: (row: Row) => void };
  /** First and last row in sight, for reading what is missing. */
  onSight?: (first: number, last: number) => void;
  onTop?: (atTop: boolean) => void;
  /** Changes when the list is another one, so that it starts at its top again. */
  resetKey?: string;
}

const HEADER = 1;
const ROOMS: Room[] = ["narrow", "medium", "wide"];

export function Grid<Row>(props: GridProps<Row>) {
  const { label, count, total, row, rowKey, onOpen, ticks, onSight, onTop, resetKey } = props;
  const id = useId();
  const room = useRoom();
  const { density } = usePreferences();
  const rowHeight = density === "compact" ? 28 : 36;
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);

  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollPaddingStart: rowHeight,
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the row height is what the sizes come from
  useEffect(() => virtual.measure(), [rowHeight, virtual]);
  useEffect(() => onSight?.(first, last), [first, last, onSight]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list starts at its top
  useEffect(() => {
    setActive(0);
    if (scroller.current !== null) scroller.current.scrollTop = 0;
  }, [resetKey]);

  const columns = props.columns.filter((column) => ROOMS.indexOf(room) >= ROOMS.indexOf(column.from ?? "narrow"));
  const template = columns.map((column) => column.width).join(" ");
  const current = Math.min(active, Math.max(count - 1, 0));

  // A row that was scrolled out of sight does not exist: nothing may point at it.
  const drawn = items.some((item) => item.index === current);

  const move = (to: number) => {
    const index = Math.max(0, Math.min(count - 1, to));
    setActive(index);
    virtual.scrollToIndex(index, { align: "auto" });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 360) / rowHeight) - 2);
    const steps: Record<string, number> = {
      ArrowDown: current + 1,
      ArrowUp: current - 1,
      PageDown: current + page,
      PageUp: current - page,
      Home: 0,
      End: count - 1,
    };
    const to = steps[event.key];
    if (to !== undefined) {
      event.preventDefault();
      move(to);
    } else if (event.key === "Enter") {
      const chosen = row(current);
      if (chosen !== undefined && onOpen !== undefined) {
        event.preventDefault();
        onOpen(chosen);
      }
    } else if (event.key === " " && ticks !== undefined) {
      // Else the list would scroll by a page.
      event.preventDefault();
      const chosen = row(current);
      if (chosen !== undefined) ticks.toggle(chosen);
    }
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot hold rows that are placed by hand
    <div
      ref={scroller}
      className={classes.grid}
      role="grid"
      aria-label={label}
      aria-rowcount={total === undefined ? -1 : total + HEADER}
      aria-colcount={columns.length}
      aria-multiselectable={ticks !== undefined || undefined}
      aria-activedescendant={drawn ? `${id}-${current}` : undefined}
      tabIndex={0}
      // A short list ends where its rows end.
      style={{ maxHeight: rowHeight * (count + 1) + 2 }}
      onKeyDown={onKeyDown}
      onScroll={(event) => onTop?.(event.currentTarget.scrollTop < rowHeight)}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the grid itself has the focus */}
      <div
        className={classes.header}
        role="row"
        aria-rowindex={1}
        style={{ gridTemplateColumns: template, height: rowHeight }}
      >
        {columns.map((column) => (
          // biome-ignore lint/a11y/useSemanticElements: as above
          // biome-ignore lint/a11y/useFocusableInteractive: as above
          <div key={column.id} className={classes.cell} role="columnheader" data-align={column.align}>
            {column.header}
          </div>
        ))}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div className={classes.body} role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const value = row(item.index);
          // Where rows are ticked, what is ticked is what is selected; where one stands is told by the grid alone.
          const selected = ticks === undefined ? item.index === current : value !== undefined && ticks.has(value);
          return (
            // biome-ignore lint/a11y/useSemanticElements: as above
            // biome-ignore lint/a11y/useKeyWithClickEvents: the grid hears the keys for all of its rows
            // biome-ignore lint/a11y/useFocusableInteractive: as above
            <div
              key={value === undefined ? `empty-${item.index}` : rowKey(value)}
              id={`${id}-${item.index}`}
              className={classes.row}
              role="row"
              aria-rowindex={item.index + HEADER + 1}
              aria-selected={selected}
              data-active={item.index === current || undefined}
              data-opens={onOpen !== undefined || undefined}
              style={{ gridTemplateColumns: template, height: item.size, transform: `translateY(${item.start}px)` }}
              onClick={() => {
                setActive(item.index);
                if (value !== undefined && window.getSelection()?.isCollapsed !== false) onOpen?.(value);
              }}
            >
              {columns.map((column) => (
                // biome-ignore lint/a11y/useSemanticElements: as above
                // biome-ignore lint/a11y/useFocusableInteractive: as above
                <div key={column.id} className={classes.cell} role="gridcell" data-align={column.align}>
                  {value === undefined ? <span className={classes.blank} /> : column.cell(value)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
