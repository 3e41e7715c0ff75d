using System.Globalization;
using System.Text;
using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Predictions;

namespace LeNetServe.InferenceServer.Api.OpenInference.Tensors;

/// <summary>Writes the classification extension: the best classes as <c>value:index:label</c>, with six decimals, best first.</summary>
internal static class Classification
{
    private const int MaxElements = 1_000_000;

    /// <summary>Creates the elements of the BYTES tensor, N×min(k, classes).</summary>
    /// <param name="outputs">The model's outputs, N×classes.</param>
    /// <param name="labels">One label for each class.</param>
    /// <param name="k">The number of requested classes.</param>
    /// <exception cref="InferenceException">The tensor would have more than a million elements.</exception>
    public static string[] Elements(ReadOnlySpan<float> outputs, IReadOnlyList<string> labels, int k)
    {
        if (outputs.Length > MaxElements)
            throw OpenInferenceErrors.Invalid("classification output tensor too large");
        var classes = labels.Count;
        var wanted = Math.Min(k, classes);
        var elements = new string[outputs.Length / classes * wanted];
        var best = new Prediction[wanted];
        var next = 0;
        for (var row = 0; row < outputs.Length; row += classes)
        {
            TopK.Select(outputs.Slice(row, classes), best);
            foreach (var (index, value) in best)
                elements[next++] = string.Create(CultureInfo.InvariantCulture, $"{Number(value)}:{index}:{labels[index]}");
        }
        return elements;
    }

    /// <summary>Serializes elements to raw tensor data.</summary>
    public static byte[] Serialize(IEnumerable<string> elements) =>
        BytesElements.Join([.. elements.Select(element => Encoding.UTF8.GetBytes(element))]);

    // The format of C's "%f", which clients parse: "nan" and "inf" instead of .NET's words.
    private static string Number(float value) =>
        float.IsNaN(value)
            ? "nan"
            : float.IsInfinity(value) ? (value > 0 ? "inf" : "-inf") : value.ToString("F6", CultureInfo.InvariantCulture);
}
