/** The jetty, in one colour: `icons/mark-mono.svg`. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg viewBox="0 0 16 16" width={size} height={size} aria-hidden="true" focusable="false">
      <g fill="currentColor">
        <rect x="1" y="3" width="4.2" height="2" />
        <rect x="5.9" y="3" width="4.2" height="2" />
        <rect x="10.8" y="3" width="4.2" height="2" />
        <rect x="3" y="5" width="2" height="6" />
        <rect x="11" y="5" width="2" height="6" />
      </g>
      <path
        d="M1 13q1.75-1.6 3.5 0t3.5 0 3.5 0 3.5 0"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        strokeLinecap="round"
      />
    </svg>
  );
}
