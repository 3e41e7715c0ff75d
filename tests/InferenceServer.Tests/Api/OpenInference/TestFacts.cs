using LeNetServe.Imaging;
using LeNetServe.Runtime.Models;
using LeNetServe.Tensors;

namespace LeNetServe.InferenceServer.Tests.Api.OpenInference;

/// <summary>Facts of models that are never run.</summary>
internal static class TestFacts
{
    public static ModelFacts Of(int channels = 1, int side = 4, int classes = 3, TensorLayout layout = TensorLayout.Nchw) => new()
    {
        Labels = [.. Enumerable.Range(0, classes).Select(index => $"class-{index}")],
        Imaging = new ImagingSpec { Input = new(channels, side, side) },
        InputName = "pixels",
        OutputName = "probabilities",
        InputType = TensorType.F32,
        Layout = layout,
        FixedBatch = null,
        OutputRank = 2,
        Sha256 = "",
    };
}
