using LeNetServe.Imaging;
using LeNetServe.Specs;

namespace LeNetServe.BatchScorer.Invocation;

/// <summary>
/// Prepares, beside the reading of the command line and the opening of the model, what scoring needs after them: the decoder's native library and the
/// manifest's JSON. On two cores that is a quarter of the time to the first row.
/// </summary>
internal static class HeadStart
{
    /// <summary>A black 1×1 PNG.</summary>
    private static readonly byte[] Picture = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==");

    /// <summary>Begins where the arguments ask for scoring. Nobody waits for the end, and a failure shows where the thing is used.</summary>
    public static void Begin(IReadOnlyList<string> arguments)
    {
        if (arguments is not ["score", _, ..])
            return;
        _ = Task.Run(() => _ = LeNetJson.Default.ModelManifest);
        _ = Task.Run(() => new ImagePreprocessor(new ImagingSpec { Input = new TensorShape(1, 1, 1), ContentSize = 1, Geometry = Geometry.None }).Process(Picture));
    }
}
