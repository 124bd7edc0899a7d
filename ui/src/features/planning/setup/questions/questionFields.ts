import type { Question } from "../../../../api/answers";

/** What an event can ask. */
export const MOST_QUESTIONS = 20;
/** What one question can be chosen from. */
export const MOST_CHOICES = 30;

/** A new question, under an id that none has now or had before among these. */
export function newQuestion(questions: readonly Question[]): Question {
  const id = 1 + Math.max(0, ...questions.map((question) => question.id));
  return { id, kind: "short", text: "", required: false, asked: "person", choices: [] };
}

/** The same question answered in another way: only a choice has choices. */
export function answeredBy(question: Question, kind: Question["kind"]): Question {
  if (kind !== "choice") return { ...question, kind, choices: [] };
  return { ...question, kind, choices: question.choices.length > 0 ? question.choices : ["", ""] };
}

/** The questions with one moved by a step; as they are at an end of the list. */
export function moved(questions: readonly Question[], at: number, step: -1 | 1): Question[] {
  const other = at + step;
  const [one, two] = [questions[at], questions[other]];
  if (one === undefined || two === undefined) return [...questions];
  return questions.with(at, two).with(other, one);
}
