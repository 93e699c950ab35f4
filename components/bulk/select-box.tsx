interface SelectBoxProps {
  label: string
  checked: boolean
  /** Whether some of what it stands for is chosen, and not all. */
  isPartial?: boolean
  /** What it stands for is not there yet. */
  disabled?: boolean
  onChange: (checked: boolean) => void
}

/** A check box that chooses rows of a table. */
export function SelectBox({ label, checked, isPartial = false, disabled = false, onChange }: SelectBoxProps) {
  return (
    <input
      ref={(box) => {
        if (box) box.indeterminate = isPartial
      }}
      type="checkbox"
      className="check"
      aria-label={label}
      checked={checked}
      disabled={disabled}
      onChange={(event) => onChange(event.target.checked)}
    />
  )
}
