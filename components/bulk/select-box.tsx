interface SelectBoxProps {
  label: string
  checked: boolean
  /** Whether some of what it stands for is chosen, and not all. */
  isPartial?: boolean
  onChange: (checked: boolean) => void
}

/** A check box that chooses rows of a table. */
export function SelectBox({ label, checked, isPartial = false, onChange }: SelectBoxProps) {
  return (
    <input
      ref={(box) => {
        if (box) box.indeterminate = isPartial
      }}
      type="checkbox"
      className="check"
      aria-label={label}
      checked={checked}
      onChange={(event) => onChange(event.target.checked)}
    />
  )
}
