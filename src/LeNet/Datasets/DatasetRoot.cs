namespace LeNetServe.Datasets;

/// <summary>The folder of all data sets on this machine, with a sub-folder for each.</summary>
public static class DatasetRoot
{
    /// <summary>The environment variable that names another folder than <c>data</c> in the working directory.</summary>
    public const string Variable = "LENETSERVE_DATA";

    /// <summary>Gets the folder unless the user names one.</summary>
    public static string Default => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path ? path : "data";
}
