// A file to open, with our words on the button instead of the browser's.
import { useId, useState, type ChangeEvent } from "react";
import { Icon } from "./icon.tsx";

interface Props {
  text: string;
  accept: string;
  isSeveral?: boolean;
  onChange: (event: ChangeEvent<HTMLInputElement>) => void;
}

export function FileButton({ text, accept, isSeveral, onChange }: Props) {
  const id = useId();
  const [names, setNames] = useState("");
  return (
    <span className="file-button">
      <input
        id={id} type="file" className="unseen" accept={accept} multiple={isSeveral}
        onChange={(event) => {
          setNames([...(event.target.files ?? [])].map(({ name }) => name).join(", "));
          onChange(event);
        }}
      />
      <label htmlFor={id} className="button plain"><Icon name="upload" />{text}</label>
      <span className="soft">{names}</span>
    </span>
  );
}
