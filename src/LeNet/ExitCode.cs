namespace LeNetServe;

/// <summary>The exit codes of all command-line programs: distinct, so that a script can tell what to do next.</summary>
public enum ExitCode
{
    /// <summary>Done.</summary>
    Success = 0,

    /// <summary>A bug: a stack trace was printed.</summary>
    Bug = 1,

    /// <summary>The command line is wrong; trying again cannot help.</summary>
    Usage = 2,

    /// <summary>An input file, data set, model or image is broken or missing.</summary>
    BadInput = 3,

    /// <summary>The work was done, and a check failed: parity, errors, accuracy loss, a difference. No model was published.</summary>
    CheckFailed = 4,

    /// <summary>Disk, network or server trouble; trying again may help.</summary>
    Trouble = 5,

    /// <summary>Stopped by Ctrl-C or SIGTERM (128 + SIGINT, as shells do); the work can be resumed.</summary>
    Interrupted = 130,
}
