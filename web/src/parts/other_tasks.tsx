// Open tasks of other people on a record: one line each, with what may still be done with them.
import type { Task } from "../api/types.ts";
import { localText, usePrefs } from "../data/prefs.ts";
import { TaskActs, TaskWaits } from "./act_buttons.tsx";
import { Countdown } from "./clocks.tsx";

export function OtherTasks({ tasks, title }: { tasks: Task[]; title: string }) {
  const lang = usePrefs().language;
  if (tasks.length === 0) return null;
  return (
    <section className="panel" aria-label={title}>
      <h2>{title}</h2>
      <ul className="clocks">
        {tasks.map((task) => (
          <li key={task.id}>
            <span>{localText(task.name, lang)}</span>
            <TaskWaits task={task} />
            {task.due && <Countdown due={task.due} />}
            <TaskActs task={task} />
          </li>
        ))}
      </ul>
    </section>
  );
}
