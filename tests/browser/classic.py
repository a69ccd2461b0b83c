"""The classic Notebook (version 6), driven as `lab.py` drives JupyterLab: the front end of the hosted versions."""

from importlib.metadata import PackageNotFoundError, version

from lab import Lab

READY = """() => {
  const notebook = window.Jupyter?.notebook;
  return notebook?._fully_loaded && notebook.kernel?.is_connected() && notebook.kernel.widget_manager;
}"""

EXECUTE = """async ([code, seconds]) => {
  let text = '', error = '';
  const output = ({ header, content }) => {
    if (header.msg_type === 'stream' && content.name === 'stdout') text += content.text;
    if (header.msg_type === 'execute_result') text += content.data['text/plain'];
    if (header.msg_type === 'error') error = content.traceback.join('\\n');
  };
  const done = new Promise(end => {
    // The outputs come on a channel of their own, and the idle status behind them.
    const status = ({ content }) => { if (content.execution_state === 'idle') end(); };
    window.Jupyter.notebook.kernel.execute(code, { iopub: { output, status } }, { silent: false });
  });
  const late = new Promise(end => setTimeout(end, 1000 * seconds, 'late'));
  if (await Promise.race([done, late]) === 'late') throw new Error(`no answer in ${seconds} s`);
  return [text, error];
}"""

# A message of a widget is answered when the kernel is idle again: nothing but that is ever sent back for it.
ANSWERED = """async seconds => {
  const sent = () => Object.values(window.Jupyter.notebook.kernel._msg_callbacks);
  const waiting = () => sent().some(message => !message.iopub_done);
  const [any, end] = [waiting(), Date.now() + 1000 * seconds];
  while (waiting()) {
    if (Date.now() > end) throw new Error(`not all is answered in ${seconds} s`);
    await new Promise(requestAnimationFrame);
  }
  return any;
}"""

# The kernel answers in order: what is asked behind the cells is answered when they are done. A new page asks for the
# kernel's widgets first, one question after another, and hides for good what is displayed before it has all answers.
RUN_ALL = f"""async seconds => {{
  for (let question = 0; question < 4; question++) {{
    await ({EXECUTE})(['', seconds]);
    await ({ANSWERED})(seconds);
  }}
  window.Jupyter.notebook.execute_all_cells();
  await ({EXECUTE})(['', seconds]);
  const outputs = window.Jupyter.notebook.get_cells().flatMap(cell => cell.output_area?.toJSON() ?? []);
  return outputs.filter(output => output.output_type === 'error').map(output => output.traceback.join('\\n'));
}}"""


def is_here():
    """Whether the Notebook that is installed is the classic one."""
    try:
        return version("notebook").startswith("6.")
    except PackageNotFoundError:
        return False


class Classic(Lab):
    """A classic Notebook server with its own empty home, and a headless browser."""

    PROGRAM = ("notebook",)
    PAGE = "notebooks/{name}?"
    SCRIPTS = {"ready": READY, "run all": RUN_ALL, "execute": EXECUTE, "answered": ANSWERED}

    @staticmethod
    def options(port, root):
        return {
            "NotebookApp.ip": "127.0.0.1",
            "NotebookApp.port": port,
            "NotebookApp.port_retries": 0,
            "NotebookApp.notebook_dir": root,
        }
