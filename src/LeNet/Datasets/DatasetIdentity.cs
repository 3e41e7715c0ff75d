using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace LeNetServe.Datasets;

/// <summary>The data that a model was trained on.</summary>
/// <param name="Name">The data set's name, such as <c>mnist</c>.</param>
/// <param name="TrainImages">Number of training images, those held out for validation included.</param>
/// <param name="TestImages">Number of test images.</param>
/// <param name="Sha256">SHA-256 over all pixels and labels as loaded, lower-case hexadecimal.</param>
public sealed record DatasetIdentity(string Name, int TrainImages, int TestImages, string Sha256)
{
    /// <summary>Gets the identity of a data set: a hash over training pixels and labels (int32), test pixels and labels.</summary>
    public static DatasetIdentity Of(ImageDataset dataset)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var set in new[] { dataset.Train, dataset.Test })
        {
            hash.AppendData(set.Pixels);
            hash.AppendData(MemoryMarshal.AsBytes(set.Labels.AsSpan()));
        }
        return new(dataset.Name, dataset.Train.Count, dataset.Test.Count, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
