using System.Globalization;
using LeNetServe.Files;
using LeNetServe.Models;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.Runtime.Models;

/// <summary>The paths of a model version's files.</summary>
/// <param name="Model">The ONNX file.</param>
/// <param name="Labels">The file with one label a line, in the order of the output; null if it does not exist.</param>
/// <param name="Golden">The golden tensors; null if they do not exist.</param>
public sealed record ModelFiles(string Model, string? Labels, string? Golden)
{
    /// <summary>The name of the ONNX file in a version's directory.</summary>
    public const string ModelFileName = "model.onnx";

    /// <summary>The name of the label file in a version's directory.</summary>
    public const string LabelsFileName = "labels.txt";

    /// <summary>The largest number of folders between a model and its data. A server that polls looks at no deeper ones.</summary>
    public const int MaxDataFolders = 2;

    /// <summary>Finds an ONNX file, the model in a version's directory, or the highest version in a model's directory.</summary>
    /// <exception cref="InferenceException">The model does not exist (<see cref="InferenceErrorKind.NotFound"/>).</exception>
    public static ModelFiles Locate(string path)
    {
        if (File.Exists(path))
            return Beside(path);
        if (!Directory.Exists(path))
            throw NotFound($"{path}: no such file or directory, expected an ONNX file, a version's directory or a model's"
                + NearestName.HintOfPath(path));
        var model = Path.Combine(path, ModelFileName);
        if (File.Exists(model))
            return Beside(model);
        var newest = Versions(path).LastOrDefault();
        return newest != 0
            ? Beside(Path.Combine(path, newest.ToString(), ModelFileName))
            : throw NotFound($"{path}: neither {ModelFileName} nor a numbered version with {ModelFileName} is in this directory");
    }

    /// <summary>
    /// Lists the versions in a model's directory that have a model file, ascending. A version's name is a positive integer. A file without
    /// access counts as existing; opening it reports the reason.
    /// </summary>
    /// <exception cref="IOException">The directory cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory cannot be read.</exception>
    public static IEnumerable<long> Versions(string modelDirectory) =>
        Numbers(modelDirectory).Where(version => HasModel(Path.Combine(modelDirectory, version.ToString())));

    /// <summary>
    /// Lists the directories, and the links, in a model's directory whose name is a positive integer, ascending, without opening them.
    /// </summary>
    /// <inheritdoc cref="Versions" path="/exception"/>
    public static IEnumerable<long> Numbers(string modelDirectory) =>
        FolderListing.Read(modelDirectory).Where(entry => entry.MayBeFolder).Select(entry => VersionOf(entry.Name)).OfType<long>().Order();

    /// <summary>Gets the version that a directory's name says, a positive integer without leading zeros; null for another name.</summary>
    public static long? VersionOf(string name) =>
        long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0 && name == $"{version}"
            ? version
            : null;

    /// <summary>Tells whether a version's directory has a model file. A file without access counts.</summary>
    public static bool HasModel(string versionDirectory) => IsThere(Path.Combine(versionDirectory, ModelFileName));

    private static InferenceException NotFound(string message) => new(InferenceErrorKind.NotFound, message);

    private static bool IsThere(string path)
    {
        try
        {
            return !File.GetAttributes(path).HasFlag(FileAttributes.Directory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception is not (FileNotFoundException or DirectoryNotFoundException);
        }
    }

    private static ModelFiles Beside(string model)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(model))!;
        string? IfThere(string name) => File.Exists(Path.Combine(directory, name)) ? Path.Combine(directory, name) : null;
        return new(model, IfThere(LabelsFileName), IfThere(GoldenTensors.FileName));
    }
}
