using LeNetServe.Specs;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Parameters;
using TorchSharp;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Optimization;

/// <summary>
/// Muon (Jordan 2024): each hidden layer's matrix or bank of kernels moves by its momentum made orthogonal, all directions equally far. A
/// step is as large as AdamW's (0.2·√max(rows, columns): Liu et al. 2025, "Muon is scalable for LLM training"), so that the same learning
/// rates fit. The output layer, biases and batch norm are left to AdamW. An orthogonal step mixes the rows, so it is masked by the
/// connection table.
/// </summary>
internal sealed class Muon : Optimizer
{
    private readonly TrainingConfig config;
    private readonly Adam adam;
    private readonly Tensor momentum;
    private readonly Tensor others;
    private readonly (StoredParameter Parameter, Tensor? Connections)[] matrices;
    private readonly NewtonSchulz? newtonSchulz;

    public Muon(TrainingConfig config, ParameterStore store)
    {
        using var scope = NewDisposeScope();
        this.config = config;
        adam = new(config, store, decoupled: true);
        foreach (var (name, tensor) in adam.State)
            Keep(name, tensor);
        momentum = Keep("momentum", zeros_like(store.Trained));
        matrices =
        [
            .. store.Parameters.Where(parameter => parameter.IsTrained && parameter.Shape.Length > 1).SkipLast(1)
                .Select(parameter => (parameter, Connections(store, parameter))),
        ];
        others = Keep(null, ones_like(store.Trained));
        foreach (var (matrix, _) in matrices)
            others.narrow(0, matrix.Offset, matrix.Count).fill_(Number.Of(0));
        if (Lanes.AreSupported && store.Trained.device.type == DeviceType.CPU)
            newtonSchulz = new(matrices.Select(matrix => (RowsOf(matrix.Parameter), ColumnsOf(matrix.Parameter))));
    }

    public override void Step(Tensor weights, Tensor gradient, double learningRate, long step, SliceThreads? threads = null)
    {
        momentum.mul_(Number.Of(config.Momentum)).add_(gradient, Number.Of(1));
        var direction = config.Nesterov ? gradient.add(momentum, Number.Of(config.Momentum)) : momentum;
        adam.Step(weights, gradient.mul_(others), learningRate, step);
        var changes = Orthogonal(direction, threads);
        foreach (var (number, (matrix, connections)) in matrices.Index())
        {
            var change = connections is null ? changes[number] : changes[number].mul(connections);
            var size = learningRate * 0.2 * Math.Sqrt(Math.Max(RowsOf(matrix), ColumnsOf(matrix)));
            ParameterStore.View(matrix, weights).view(change.shape).add_(change, Number.Of(-size));
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        adam.Dispose();
        newtonSchulz?.Dispose();
    }

    private static int RowsOf(StoredParameter matrix) => (int)matrix.Shape[0];

    private static int ColumnsOf(StoredParameter matrix) => matrix.Count / RowsOf(matrix);

    /// <summary>1 for each connected weight of the parameter as a matrix, 0 for the others; null if all are connected.</summary>
    private Tensor? Connections(ParameterStore store, StoredParameter parameter)
    {
        var layer = store.Spec.Layers.OfType<ConvolutionSpec>().FirstOrDefault(layer => parameter.Name == $"{layer.Name}.weight");
        if (layer?.InputMaps is not { } table)
            return null;
        var connections = zeros(parameter.Shape, ScalarType.Float32, store.Trained.device);
        for (var map = 0; map < table.Count; map++)
            foreach (var source in table[map])
                connections[map, source].fill_(Number.Of(1));
        return Keep(null, connections.view(table.Count, -1));
    }

    /// <summary>
    /// Approximates the nearest matrices with orthonormal rows, or columns if those are fewer. Five steps of the quintic Newton–Schulz
    /// iteration with Jordan's coefficients bring all singular values near 1.
    /// </summary>
    private unsafe Tensor[] Orthogonal(Tensor direction, SliceThreads? threads)
    {
        Tensor[] views = [.. matrices.Select(matrix =>
            ParameterStore.View(matrix.Parameter, direction).view(RowsOf(matrix.Parameter), ColumnsOf(matrix.Parameter)))];
        if (newtonSchulz is null)
            return [.. views.Select(Orthogonal)];
        var changes = Array.ConvertAll(views, view => view.clone());
        newtonSchulz.Apply(
            Array.ConvertAll(changes, change => (nint)TensorMemory.Pointer(change)),
            Array.ConvertAll(views, view => view.norm().item<float>() + 1e-7f),
            threads);
        return changes;
    }

    private static Tensor Orthogonal(Tensor matrix)
    {
        var tall = matrix.shape[0] > matrix.shape[1];
        var x = tall ? matrix.t() : matrix;
        x = x.div(matrix.norm().add_(Number.Of(1e-7), Number.Of(1)));
        for (var iteration = 0; iteration < 5; iteration++)
        {
            var a = x.matmul(x.t());
            x = a.mul(Number.Of(-4.7750)).add_(a.matmul(a), Number.Of(2.0315)).matmul(x).add_(x, Number.Of(3.4445));
        }
        return tall ? x.t() : x;
    }
}
