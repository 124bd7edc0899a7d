import type { Tone } from "./shown";

/** The shape of a verdict, which differs by its outline alone: marks are cut out of it. */
export function VerdictShape({ tone }: { tone: Tone }) {
  return (
    <svg viewBox="0 0 100 100" aria-hidden="true" focusable="false" data-shape={tone}>
      <g fill="none" stroke="currentColor" strokeLinecap="round" strokeLinejoin="round">
        {shapes[tone]}
      </g>
    </svg>
  );
}

const CUT = "var(--verdict-ground)";

const shapes: Record<Tone, React.ReactNode> = {
  admitted: (
    <>
      <circle cx="50" cy="50" r="47" fill="currentColor" stroke="none" />
      <path d="m27 52 16 17 31-36" stroke={CUT} strokeWidth="11" />
    </>
  ),
  exited: (
    <>
      <path d="M40 12H14v76h26" strokeWidth="11" />
      <path d="M40 50h48M68 28l22 22-22 22" strokeWidth="11" />
    </>
  ),
  refused: (
    <>
      <path d="M32 4h36l28 28v36L68 96H32L4 68V32z" fill="currentColor" stroke="none" />
      <path d="m33 33 34 34m0-34L33 67" stroke={CUT} strokeWidth="12" />
    </>
  ),
  attention: (
    <>
      <path d="M34 56V26M47 52V14M60 52V16M73 56V27" strokeWidth="11" />
      <path d="m36 70-18-18" strokeWidth="11" />
      <path d="M28.5 52h50v16q0 26-24 26h-4q-13 0-19-13z" fill="currentColor" stroke="none" />
    </>
  ),
  undone: <path d="M34 14 14 34l20 20M16 34h42a26 26 0 0 1 0 52H34" strokeWidth="11" />,
  undecided: (
    <>
      <path d="M50 8 96 90H4z" fill="currentColor" stroke="currentColor" strokeWidth="6" />
      <path d="M50 36v26M50 77v.5" stroke={CUT} strokeWidth="10" />
    </>
  ),
};
