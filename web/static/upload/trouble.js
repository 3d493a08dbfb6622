// What went wrong with a request: the line, which mends itself, or a refusal, which does not.

// Statuses that mean "ask again": too late, elsewhere, somebody else has it, damaged on the way.
const PASSING = new Set([0, 408, 409, 423, 460, 500, 502, 503, 504]);

export class Trouble extends Error {
  constructor(status, text = "") {
    super("status " + status);
    this.status = status;
    let told = {};
    try {
      told = JSON.parse(text);
    } catch {
      // A proxy in between answers in its own words, or nobody answered.
    }
    this.code = told.code ?? "";
    this.field = told.field;
    this.title = told.title ?? titleOf(status);
    this.detail = told.detail ?? detailOf(status);
  }

  // Whether the same request may well succeed later.
  get isPassing() {
    return PASSING.has(this.status) || this.code === "incomplete";
  }

  // What to say while it is waited for that, in a few words: what the service says of itself, or that
  // nobody answers.
  get whyToWait() {
    if (this.status < 500) return "The connection is lost";
    return this.code ? this.title : "The service cannot take it yet";
  }
}

function titleOf(status) {
  return status === 413 ? "The upload is too large" : "The upload was not taken";
}

function detailOf(status) {
  if (status === 413) return "A server in between takes no upload of this size. Split it into several uploads, or tell the people who run this service.";
  return "The service answered with the error " + status + ". Try again in a few minutes.";
}
