using LeNetServe.Fuzz;
using SharpFuzz;

// Reads the kept inputs of every target and mutations of them, the same ones each time:
//
//     Fuzz short CORPUS [MUTATIONS]
//
// Reads files, such as findings:
//
//     Fuzz replay TARGET FILE…
//
// Reads what afl-fuzz sends, with instrumented assemblies:
//
//     Fuzz afl TARGET
return args switch
{
    ["short", var corpus] => ShortRun.Run(corpus, 2_000),
    ["short", var corpus, var mutations] => ShortRun.Run(corpus, int.Parse(mutations)),
    ["replay", var target, .. var files] => Replay(target, files),
    ["afl", var target] => Afl(target),
    _ => Usage(),
};

static int Replay(string target, string[] files)
{
    foreach (var file in files)
    {
        Console.WriteLine(file);
        Targets.Find(target).Read(File.ReadAllBytes(file));
    }
    return 0;
}

static int Afl(string target)
{
    Fuzzer.OutOfProcess.Run(stream =>
    {
        // Not before: instrumented code needs the memory that it shares with afl-fuzz.
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        Targets.Find(target).Read(bytes.ToArray());
    });
    return 0;
}

static int Usage()
{
    Console.Error.WriteLine("Fuzz short CORPUS [MUTATIONS] | replay TARGET FILE… | afl TARGET");
    Console.Error.WriteLine($"TARGET is one of {string.Join(", ", Targets.Names)}");
    return 2;
}
