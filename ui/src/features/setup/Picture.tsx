/**
 * Drawn pictures of the places to click: the frame of a browser, the menu at its left, what stands on the page, and a ring around what to
 * click. Names on them are those that the place itself has. They say nothing that the words beside them do not say.
 */
import classes from "./Picture.module.css";

type Ringed = "button" | "menu" | number;

interface Place {
  /** What stands in the address bar. */
  address: string;
  /** The menu at the left; the one that is chosen by its number. */
  menu: string[];
  chosen: number;
  heading: string;
  /** Fields with what is in them. */
  rows?: { name: string; text?: string; tick?: boolean; own?: boolean }[];
  /** The button to click. */
  button: string;
  /** Where the rings are: the button, rows by their numbers, or the menu. The last one has the pointer. */
  ring: Ringed | readonly Ringed[];
}

const PLACES = {
  shopOrganisation: {
    address: "dev.shopify.com/dashboard",
    menu: ["Apps", "Stores", "Settings"],
    chosen: 1,
    heading: "Stores",
    rows: [{ name: "Fjord & Fjell", text: "fjord-og-fjell.myshopify.com" }],
    button: "Open",
    ring: 0,
  },
  shopCreate: {
    address: "dev.shopify.com/dashboard",
    menu: ["Apps", "Stores", "Settings"],
    chosen: 0,
    heading: "Apps",
    rows: [{ name: "App name", text: "Brygga" }],
    button: "Create app",
    ring: "button",
  },
  shopVersion: {
    address: "dev.shopify.com/dashboard/apps/brygga",
    menu: ["Overview", "Versions", "Settings"],
    chosen: 1,
    heading: "Create version",
    rows: [
      { name: "App URL", text: "https://shopify.dev/apps/..." },
      { name: "Embed app in Shopify admin", tick: false },
      { name: "Scopes", text: "write_orders,read_customers,..." },
    ],
    button: "Release",
    ring: 2,
  },
  shopInstall: {
    address: "dev.shopify.com/dashboard/apps/brygga",
    menu: ["Overview", "Versions", "Settings"],
    chosen: 0,
    heading: "Overview",
    rows: [{ name: "Installs", text: "0" }],
    button: "Install app",
    ring: "button",
  },
  shopSecret: {
    address: "dev.shopify.com/dashboard/apps/brygga",
    menu: ["Overview", "Versions", "Settings"],
    chosen: 2,
    heading: "Settings",
    rows: [
      { name: "Client ID", text: "3f9c1ab2..." },
      { name: "Secret", text: "shpss_........" },
    ],
    button: "Copy",
    ring: 1,
  },
  shopToken: {
    address: "admin.shopify.com/store/fjord-og-fjell",
    menu: ["Home", "Orders", "Settings"],
    chosen: 2,
    heading: "Develop apps",
    rows: [{ name: "Admin API access token", text: "shpat_........" }],
    button: "Copy",
    ring: 0,
  },
  vismaApplication: {
    address: "oauth.developers.visma.com",
    menu: ["My applications", "APIs"],
    chosen: 0,
    heading: "Add application",
    rows: [
      { name: "Type", text: "Service" },
      { name: "Name", text: "Brygga" },
    ],
    button: "Save",
    ring: 0,
  },
  vismaNative: {
    address: "oauth.developers.visma.com",
    menu: ["My applications", "APIs"],
    chosen: 0,
    heading: "Add application",
    rows: [
      { name: "Type", text: "Native" },
      { name: "Name", text: "Brygga" },
      { name: "Redirect URI", text: "http://127.0.0.1:47823", own: true },
    ],
    button: "Save",
    ring: [0, 2],
  },
  vismaScopes: {
    address: "oauth.developers.visma.com",
    menu: ["Details", "Integrations", "Credentials"],
    chosen: 1,
    heading: "Integrations",
    rows: [
      { name: "vismanet_erp_service_api", tick: true },
      { name: "visma.net.erp.salesorder", tick: true },
    ],
    button: "Save",
    ring: 0,
  },
  vismaSecret: {
    address: "oauth.developers.visma.com",
    menu: ["Details", "Integrations", "Credentials"],
    chosen: 2,
    heading: "Credentials",
    rows: [
      { name: "Client ID", text: "isv_brygga" },
      { name: "Client secret", text: "................" },
    ],
    button: "Generate secret",
    ring: "button",
  },
  vismaApprove: {
    address: "Visma App Store",
    menu: ["Apps", "My apps"],
    chosen: 1,
    heading: "Brygga",
    rows: [{ name: "Invitation code", text: "XXXX-XXXX" }],
    button: "Approve",
    ring: "button",
  },
  vismaTenant: {
    address: "Visma Admin",
    menu: ["Company", "Users"],
    chosen: 0,
    heading: "Edit \u00b7 Configuration",
    rows: [{ name: "Tenant ID", text: "11111111-2222-3333-..." }],
    button: "Copy",
    ring: 0,
  },
  vismaRole: {
    address: "Visma Admin",
    menu: ["Company", "Users"],
    chosen: 1,
    heading: "Roles",
    rows: [{ name: "API User", tick: true }],
    button: "Save",
    ring: 0,
  },
  vismaAllow: {
    address: "connect.visma.com",
    menu: [],
    chosen: -1,
    heading: "Brygga",
    rows: [{ name: "Company", text: "Fjord & Fjell AS" }],
    button: "Allow",
    ring: "button",
  },
} as const satisfies Record<string, Place>;

export type PictureName = keyof typeof PLACES;

const WIDTH = 400;
const ROW = 40;

interface PictureProps {
  name: PictureName;
  /** What stands in the field that is one's own to fill. */
  written?: string | undefined;
}

export function Picture({ name, written }: PictureProps) {
  const place: Place = PLACES[name];
  const rows = place.rows ?? [];
  const left = place.menu.length > 0 ? 136 : 0;
  const top = 36;
  const height = top + 44 + Math.max(rows.length * ROW + 44, place.menu.length * 26 - 8);
  const x = left + 20;
  const right = WIDTH - 20;
  const button = { x, y: top + 44 + rows.length * ROW, width: 22 + place.button.length * 6.6, height: 26 };
  const at = (ringed: Ringed) => {
    if (ringed === "button") return button;
    if (ringed === "menu") return { x: 10, y: top + 14 + place.chosen * 26, width: left - 20, height: 24 };
    return { x, y: top + 44 + ringed * ROW, width: right - x, height: 30 };
  };
  const rings = [place.ring].flat().map(at);
  const last = rings.at(-1) ?? button;
  return (
    <svg viewBox={`0 0 ${WIDTH} ${height}`} className={classes.picture} aria-hidden="true" focusable="false">
      <rect className={classes.paper} x="0.5" y="0.5" width={WIDTH - 1} height={height - 1} rx="8" />
      <path className={classes.line} d={`M0 ${top}H${WIDTH}`} />
      <circle className={classes.dot} cx="16" cy="18" r="4" />
      <circle className={classes.dot} cx="30" cy="18" r="4" />
      <rect className={classes.field} x="46" y="8" width={WIDTH - 60} height="20" rx="10" />
      <text className={classes.faint} x="58" y="22">
        {place.address}
      </text>
      {left > 0 && <path className={classes.line} d={`M${left} ${top}V${height}`} />}
      {place.menu.map((entry, index) => (
        <g key={entry}>
          {index === place.chosen && (
            <rect className={classes.chosen} x="10" y={top + 14 + index * 26} width={left - 20} height="24" rx="6" />
          )}
          <text className={index === place.chosen ? classes.bold : classes.faint} x="18" y={top + 30 + index * 26}>
            {entry}
          </text>
        </g>
      ))}
      <text className={classes.heading} x={x} y={top + 28}>
        {place.heading}
      </text>
      {rows.map((row, index) => {
        const y = top + 44 + index * ROW;
        return (
          <g key={row.name}>
            {row.tick === undefined ? (
              <>
                <rect className={classes.field} x={x} y={y} width={right - x} height="30" rx="6" />
                <text className={classes.tiny} x={x + 10} y={y + 12}>
                  {row.name}
                </text>
                <text className={classes.plain} x={x + 10} y={y + 25}>
                  {row.own ? (written ?? row.text) : row.text}
                </text>
              </>
            ) : (
              <>
                <rect className={classes.field} x={x + 8} y={y + 7} width="16" height="16" rx="4" />
                {row.tick && <path className={classes.tick} d={`M${x + 12} ${y + 15}l3 3 6-7`} />}
                <text className={classes.plain} x={x + 32} y={y + 19}>
                  {row.name}
                </text>
              </>
            )}
          </g>
        );
      })}
      <rect className={classes.button} {...button} rx="6" />
      <text className={classes.onButton} x={button.x + button.width / 2} y={button.y + 17}>
        {place.button}
      </text>
      {rings.map((ring) => (
        <rect
          key={ring.y}
          className={classes.ring}
          x={ring.x - 4}
          y={ring.y - 4}
          width={ring.width + 8}
          height={ring.height + 8}
          rx="9"
        />
      ))}
      <path
        className={classes.pointer}
        d={`M${last.x + last.width - 6} ${last.y + last.height - 8}l0 17 4.2 -3.6 2.6 6 3 -1.3 -2.6 -5.9 5.4 -0.4z`}
      />
    </svg>
  );
}
